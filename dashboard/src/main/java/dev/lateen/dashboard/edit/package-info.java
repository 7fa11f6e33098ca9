/// Changes to resources before they are saved: the document that one stands in, what the mesh would say about a new
/// text of it, and small changes that leave the rest of a text alone. Entry: `FileDocument`, `DraftCheck`.
@NullMarked
package dev.lateen.dashboard.edit;

import org.jspecify.annotations.NullMarked;
