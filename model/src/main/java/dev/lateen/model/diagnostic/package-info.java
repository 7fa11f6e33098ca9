/// What is wrong with a user's configuration, where, and what to do about it. Entry: `Diagnostic`.
@NullMarked
package dev.lateen.model.diagnostic;

import org.jspecify.annotations.NullMarked;
