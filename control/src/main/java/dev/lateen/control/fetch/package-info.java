/// Fetching of what stands at web addresses that resources name. Entry: `WebFetcher`.
@NullMarked
package dev.lateen.control.fetch;

import org.jspecify.annotations.NullMarked;
