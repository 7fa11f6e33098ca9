package dev.lateen.translate;

/// What a translator could share, and where services are in each other's way.
///
/// @param shared how often what proxies of a scope send was found up to date
/// @param made how often it had to be made or brought up to date
/// @param dropped scopes and proxies that made room for others
/// @param scopes that are kept
/// @param services of all scopes whose clusters are kept
public record TranslationNumbers(long shared, long made, long dropped, int scopes, int services, Conflicts conflicts) {

    /// Listeners, by who came late and over whom.
    public record Conflicts(int tcpOverTcp, int httpOverTcp, int tcpOverHttp, int inbound) {}
}
