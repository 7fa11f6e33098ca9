package dev.lateen.model.mesh;

/// What names a service: two namespaces may both define a host.
public record ServiceId(String hostname, String namespace) {
    // Written out, since maps of services are most of what a change costs, and what stands behind a record's own
    // methods is a dozen calls for C1.
    @Override
    public boolean equals(Object other) {
        return other instanceof ServiceId that && hostname.equals(that.hostname) && namespace.equals(that.namespace);
    }

    @Override
    public int hashCode() {
        return hostname.hashCode() * 31 + namespace.hashCode();
    }
}
