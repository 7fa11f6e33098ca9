/// Go's template language, as far as injection templates use it. Entry: GoTemplate. Knows nothing of pods.
@NullMarked
package dev.lateen.kubernetes.template;

import org.jspecify.annotations.NullMarked;
