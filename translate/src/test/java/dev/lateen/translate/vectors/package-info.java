/// Runs recorded cases against the translation and counts how many agree. Entry: `TranslationVectorsTest`.
@NullMarked
package dev.lateen.translate.vectors;

import org.jspecify.annotations.NullMarked;
