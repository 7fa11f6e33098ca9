package dev.lateen.xds.server;

import java.time.Instant;

/// Something that happened to a response.
///
/// @param detail the proxy's reason for a rejection, otherwise empty
public record PushEvent(String version, String nonce, Instant at, String detail) {}
