package dev.lateen.local;

/// Is told what a mesh does, one line each, for a person. Thread: any.
public interface MeshListener {
    void said(String line);
}
