package dev.lateen.proxy.tls;

/// The name of a secret and where it comes from.
public record SecretRef(String name, Origin origin) {
    public enum Origin {
        /// `static_resources.secrets` of the bootstrap.
        STATIC,
        /// SDS on the aggregated stream.
        ADS,
        /// This process's own duty (the workload's identity, mounted files).
        LOCAL
    }
}
