package dev.lateen.proxy.dns;

/// What a message to a name server turned out to be.
sealed interface DnsInput permits DnsQuery, DnsInput.Refused, DnsInput.Noise {
    /// To be refused with that code.
    record Refused(int id, boolean recursion, int code) implements DnsInput {}

    /// No query at all: an answer, or too short for anything.
    enum Noise implements DnsInput {
        INSTANCE
    }
}
