/// Counting for the whole mesh: the rate limit service that proxies ask. Entry: `MeshLimiter`, which answers them;
/// `LimitStore` keeps the counters, here (`EmbeddedStore`) or in Redis; `QuotaJournal` keeps quotas over a restart.
@NullMarked
package dev.lateen.control.ratelimit;

import org.jspecify.annotations.NullMarked;
