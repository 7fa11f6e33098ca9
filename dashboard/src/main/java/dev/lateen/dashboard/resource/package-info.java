/// Resources for the eye. Entry: `AnnotatedYaml`.
@NullMarked
package dev.lateen.dashboard.resource;

import org.jspecify.annotations.NullMarked;
