/// Protobuf messages as users write them in YAML: read with the places of their mistakes, and merged. Entry:
/// `MessageReader`.
@NullMarked
package dev.lateen.translate.message;

import org.jspecify.annotations.NullMarked;
