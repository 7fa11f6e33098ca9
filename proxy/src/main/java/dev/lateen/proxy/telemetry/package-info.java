/// Numbers about traffic: counters, gauges and histograms under Envoy's names, and Istio's standard metrics. Written by
/// event loops without locks, summed when somebody asks. Entry: `Stats`.
@NullMarked
package dev.lateen.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
