/// What is known of one request or connection while it lives, and how it failed. Filled along the data path, read
/// by access logs, metrics, spans and explanations. Entry: `StreamInfo`.
@NullMarked
package dev.lateen.proxy.stream;

import org.jspecify.annotations.NullMarked;
