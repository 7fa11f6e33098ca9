package dev.lateen.control.ratelimit;

/// The state of one counter after a take.
///
/// @param admitted whether the hits were within the limit
/// @param resetNanos where refused: until there is room for them; else until the limit is as fresh
public record LimitState(boolean admitted, long remaining, long resetNanos) {}
