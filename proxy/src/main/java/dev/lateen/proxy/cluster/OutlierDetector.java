package dev.lateen.proxy.cluster;

final class OutlierDetector {
    OutlierDetector(Cluster cluster) {}

    void record(Host host, HostResult result) {}
}
