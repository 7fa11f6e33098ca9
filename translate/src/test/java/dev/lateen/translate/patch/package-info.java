/// EnvoyFilters on resources. Entry: `EnvoyFilterVectorsTest`.
@NullMarked
package dev.lateen.translate.patch;

import org.jspecify.annotations.NullMarked;
