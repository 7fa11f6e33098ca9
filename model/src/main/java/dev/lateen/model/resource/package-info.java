/// A resource before its kind is looked at: key, metadata, tree. Entry: `RawResource`.
@NullMarked
package dev.lateen.model.resource;

import org.jspecify.annotations.NullMarked;
