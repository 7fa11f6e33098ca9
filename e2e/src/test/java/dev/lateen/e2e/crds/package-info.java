/// CustomResourceDefinitions of our own kinds, held against their protos. Entry: `CrdsGoldenTest`.
@NullMarked
package dev.lateen.e2e.crds;

import org.jspecify.annotations.NullMarked;
