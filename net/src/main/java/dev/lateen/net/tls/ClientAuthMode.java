package dev.lateen.net.tls;

/// Whether a server asks its client for a certificate. One that is presented is checked in any mode but `NONE`.
public enum ClientAuthMode {
    NONE,
    OPTIONAL,
    REQUIRED
}
