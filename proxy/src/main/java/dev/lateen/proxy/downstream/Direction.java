package dev.lateen.proxy.downstream;

/// Which way the traffic of a listener goes, seen from the workload.
public enum Direction {
    UNSPECIFIED,
    INBOUND,
    OUTBOUND
}
