/// Applies EnvoyFilters to the resources that were generated for a proxy, one pass at the very end. Entry:
/// `EnvoyFilterPass`.
@NullMarked
package dev.lateen.translate.patch;

import org.jspecify.annotations.NullMarked;
