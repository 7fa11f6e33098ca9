package dev.lateen.net.socket;

/// TCP keepalive: probing starts after `idleSeconds` of silence, repeats every `intervalSeconds`, and gives up after
/// `probes` unanswered ones.
public record KeepAlive(int idleSeconds, int intervalSeconds, int probes) {}
