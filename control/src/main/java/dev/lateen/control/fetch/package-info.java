/// Fetching of what stands elsewhere and resources name. Entry: `Refreshed`, which keeps it fresh; `WebFetcher` for one
/// text.
@NullMarked
package dev.lateen.control.fetch;

import org.jspecify.annotations.NullMarked;
