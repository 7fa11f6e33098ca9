package dev.lateen.proxy.collector;

import dev.lateen.proxy.telemetry.Counter;

/// What became of reports: single ones, and the batches in which they travel. Thread: any.
public record ReportCounters(Counter sent, Counter dropped, Counter batches, Counter failedBatches) {}
