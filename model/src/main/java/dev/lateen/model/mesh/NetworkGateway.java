package dev.lateen.model.mesh;

/// Where a network is entered from others: a gateway of mode `AUTO_PASSTHROUGH`.
///
/// @param clusterId of the registry that its service is in; empty where it was written down by its address
/// @param address an IP address
public record NetworkGateway(String network, String clusterId, String address, int port)
        implements Comparable<NetworkGateway> {
    @Override
    public int compareTo(NetworkGateway other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }
}
