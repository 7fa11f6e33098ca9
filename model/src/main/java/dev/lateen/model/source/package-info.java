/// From text to trees: YAML and JSON documents under limits, with positions. Entry: `YamlReader`.
@NullMarked
package dev.lateen.model.source;

import org.jspecify.annotations.NullMarked;
