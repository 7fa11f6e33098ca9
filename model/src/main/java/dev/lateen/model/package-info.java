/// The mesh in its own words: resources, parsing with positions, validation, analysis, MeshSnapshot.
@NullMarked
package dev.lateen.model;

import org.jspecify.annotations.NullMarked;
