/// The HTTP data path: one `RequestPath` is the life of one request. Built by `listener` for each connection whose
/// filter chain ends in an HTTP connection manager. Entries: `HttpConnectionManager`, `RequestPath`.
@NullMarked
package dev.lateen.proxy.http;

import org.jspecify.annotations.NullMarked;
