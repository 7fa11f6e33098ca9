package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Fragment;
import dev.lateen.model.resource.ParsedResource.Invalid;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// From a file's text to checked resources: the parser, then the validator. Thread: any.
public final class ResourceReader {
    private final ResourceParser parser;
    private final Validator validator;

    public ResourceReader(ResourceParser parser, Validator validator) {
        this.parser = parser;
        this.validator = validator;
    }

    public static ResourceReader create() {
        return new ResourceReader(new ResourceParser(ParserSettings.DEFAULT), Validator.create());
    }

    /// One result a document, or an item of a list; `Valid` means that the validator found no error either.
    ///
    /// @param file the name that positions will carry
    public List<ParsedResource> read(String text, String file) {
        return read(text, file, 0);
    }

    /// @param firstOrder the `Metadata.order` of the first resource
    public List<ParsedResource> read(String text, String file, long firstOrder) {
        List<ParsedResource> checked = new ArrayList<>();
        for (ParsedResource parsed : parsed(text, file, firstOrder)) {
            checked.add(
                    switch (parsed) {
                        case Valid(RawResource resource, List<Diagnostic> found) -> affordable(resource, found);
                        case Invalid invalid -> invalid;
                        case Fragment fragment -> fragment;
                    });
        }
        return checked;
    }

    private List<ParsedResource> parsed(String text, String file, long firstOrder) {
        try {
            return parser.parse(text, file, firstOrder);
        } catch (OutOfMemoryError | StackOverflowError scarce) {
            return List.of(tooMuch(Optional.empty(), new Position(file, 1, 1), scarce));
        }
    }

    /// What slips through every limit costs itself, and not the mesh.
    private ParsedResource affordable(RawResource resource, List<Diagnostic> found) {
        try {
            return check(resource, found);
        } catch (OutOfMemoryError | StackOverflowError scarce) {
            return tooMuch(Optional.of(resource.key()), resource.origin(), scarce);
        }
    }

    private static ParsedResource tooMuch(Optional<ResourceKey> key, Position at, VirtualMachineError scarce) {
        Diagnostic error = Diagnostic.error(
                        "too-large", at, "", "reading it took too much memory: " + scarce.getMessage())
                .withAdvice("make it smaller, or several of it");
        return new Invalid(key, at, List.of(error));
    }

    private ParsedResource check(RawResource resource, List<Diagnostic> found) {
        List<Diagnostic> all = new ArrayList<>(found);
        all.addAll(validator.validate(resource));
        return Diagnostic.anyError(all)
                ? new Invalid(Optional.of(resource.key()), resource.origin(), all)
                : new Valid(resource, all);
    }
}
