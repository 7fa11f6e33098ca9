package dev.lateen.net.http1;

import dev.lateen.net.http.ClientConnection;

/// Stands in until somebody listens to a connection.
enum SilentConnectionListener implements ClientConnection.Listener {
    INSTANCE;

    @Override
    public void onStreamAvailable(ClientConnection connection) {}

    @Override
    public void onDraining(ClientConnection connection) {}

    @Override
    public void onClosed(ClientConnection connection, String details) {}
}
