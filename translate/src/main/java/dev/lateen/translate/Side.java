package dev.lateen.translate;

/// Which end of a connection a proxy is: what it logs, counts and traces may differ.
enum Side {
    CLIENT,
    SERVER;

    /// @param mode of a `Telemetry`: `CLIENT`, `SERVER` or `CLIENT_AND_SERVER`
    boolean isMeantBy(String mode) {
        return !mode.equals(this == CLIENT ? "SERVER" : "CLIENT");
    }
}
