/// From the text of proxies' Prometheus pages to what has gone over each edge in each span of time. Entry:
/// `ProxyReader`,
/// `History`.
@NullMarked
package dev.lateen.dashboard.traffic;

import org.jspecify.annotations.NullMarked;
