package io.reliablemq.broker.embedded.server;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.rocketmq.client.consumer.store.LocalFileOffsetStore;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.remoting.common.TlsMode;
import org.apache.rocketmq.remoting.netty.TlsSystemConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.rocksdb.NativeLibraryLoader;

/** Sets what RocketMQ keeps in static fields of this class loader, and loads its native libraries from our directory. */
final class Platform {

    private Platform() {}

    static void prepare(Path dataDirectory, Path temporaryDirectory) throws Exception {
        loadNativeLibraries(temporaryDirectory);
        Objects.requireNonNull(BorrowedProperty.with(
                RemotingCommand.REMOTING_VERSION_KEY,
                Integer.toString(MQVersion.CURRENT_VERSION),
                () -> RemotingCommand.createRequestCommand(0, null)));
        Objects.requireNonNull(BorrowedProperty.with(
                "rocketmq.client.localOffsetStoreDir",
                dataDirectory.resolve("proxy-offsets").toString(),
                () -> LocalFileOffsetStore.LOCAL_OFFSET_STORE_DIR));
        // else every remoting server makes a self-signed certificate
        TlsSystemConfig.tlsMode = TlsMode.DISABLED;
    }

    static boolean isWindows() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    }

    private static void loadNativeLibraries(Path temporaryDirectory) throws Exception {
        try {
            Files.createDirectories(temporaryDirectory);
            removeContent(temporaryDirectory);
            // a directory of its own per start: a library file belongs to one class loader until that one is collected
            Path directory = Files.createTempDirectory(temporaryDirectory, "native-");
            NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
            Objects.requireNonNull(
                    BorrowedProperty.with("jna.tmpdir", directory.toString(), () -> Native.POINTER_SIZE));
            removeContent(temporaryDirectory);
        } catch (IOException | LinkageError e) {
            throw new IllegalStateException(
                    "the broker's native libraries cannot be loaded through '%s' (%s): the directory must allow executable files, and the platform must be Linux, macOS or Windows on x86-64 or arm64"
                            .formatted(temporaryDirectory, e),
                    e);
        }
    }

    /** Deletes what can be deleted: Windows keeps the files of loaded libraries until the process ends. */
    private static void removeContent(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.toList()) {
                if (Files.isDirectory(child)) {
                    removeContent(child);
                }
                deleteIfPossible(child);
            }
        }
    }

    private static void deleteIfPossible(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // in use: the next start removes it
        }
    }
}
