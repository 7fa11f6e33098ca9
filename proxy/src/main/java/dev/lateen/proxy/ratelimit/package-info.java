/// Asking a service outside whether a request is within its rate limit. Entry: `LimitClient`, one for each event
/// loop and filter; `RateLimitDecoder` reads configuration, `DescriptorBuilder` says what a request is counted as,
/// `LimitCodec` speaks gRPC's messages, `Leased` keeps what Lateen's own service grants ahead.
@NullMarked
package dev.lateen.proxy.ratelimit;

import org.jspecify.annotations.NullMarked;
