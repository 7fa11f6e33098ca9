/// Messages as users write them. Entry: `MessageReaderTest`.
@NullMarked
package dev.lateen.translate.message;

import org.jspecify.annotations.NullMarked;
