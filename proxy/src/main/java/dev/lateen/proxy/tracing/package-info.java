/// Traces: whose context a request carries, which requests are sampled, spans, and how they reach a collector.
@NullMarked
package dev.lateen.proxy.tracing;

import org.jspecify.annotations.NullMarked;
