package dev.lateen.proxy.http;

import dev.lateen.proxy.accesslog.LogFilter;
import dev.lateen.proxy.route.HeaderChanges;

/// Changes those of the proxy's own answers that a filter takes. The first rule that takes an answer is the only one.
///
/// Source: envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper. Thread: any (immutable).
///
/// @param status instead of the answer's own; 0 keeps that
public record ReplyRule(LogFilter filter, int status, HeaderChanges.Change headers) {}
