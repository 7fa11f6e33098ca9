/// What every decoder of xDS resources shares: the result of decoding, where an error was, which fields are
/// implemented, and the common types (addresses, durations, matchers, percentages, data sources). Decoders of a
/// topic live with the topic (`ClusterDecoder` in `cluster`); they may use this package, it uses none of them.
/// Entry: `Decoded`.
@NullMarked
package dev.lateen.proxy.config;

import org.jspecify.annotations.NullMarked;
