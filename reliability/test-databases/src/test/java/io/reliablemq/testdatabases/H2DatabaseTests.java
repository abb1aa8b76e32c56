package io.reliablemq.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2DatabaseTests {

    @TempDir
    Path folder;

    @Test
    void keepsACommittedRowWhenTheJvmIsHalted() throws Exception {
        Database database = H2Database.createFile(folder);

        assertThat(insertInChild(database, 1).waitFor()).isEqualTo(1);

        assertThat(countItems(database)).isEqualTo("1");
        database.close();
    }

    @Test
    void sharesADatabaseBetweenJvmsOnTheLoopbackInterface() throws Exception {
        Database database = H2Database.createShared(folder);
        DatabaseContract.execute(database.dataSource(1), "CREATE TABLE item (id INT PRIMARY KEY)");

        assertThat(insertInChild(database, 2).waitFor()).isEqualTo(1);

        assertThat(countItems(database)).isEqualTo("1");
        int port = portIn(lockFile());
        assertThat(listening("127.0.0.1", port)).isTrue();
        assertThat(listening("127.0.0.2", port)).as("a wildcard address").isFalse();
        database.close();
    }

    private static int portIn(String lockFile) {
        Matcher matcher = Pattern.compile("server=\\S+\\\\:(\\d+)").matcher(lockFile);
        assertThat(matcher.find()).as(lockFile).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static boolean listening(String address, int port) {
        try (Socket socket = new Socket(address, port)) {
            return socket.isConnected();
        } catch (IOException ex) {
            return false;
        }
    }

    private String lockFile() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            Path lock = files.filter(file -> file.toString().endsWith(".lock.db"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(lock);
        }
    }

    private static String countItems(Database database) throws SQLException {
        return DatabaseContract.string(database.dataSource(1), "SELECT COUNT(*) FROM item");
    }

    private static Process insertInChild(Database database, int id) throws Exception {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-D" + H2Database.BIND_ADDRESS_PROPERTY + "=127.0.0.1",
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("surefire.test.class.path", ""),
                        InsertAndHalt.class.getName(),
                        database.jdbcUrl(),
                        String.valueOf(id)))
                .inheritIO()
                .start();
    }

    static final class InsertAndHalt {

        public static void main(String[] arguments) throws Exception {
            Database database = new Database(TestDatabase.H2, arguments[0], "sa", "");
            DatabaseContract.execute(database.dataSource(1), "CREATE TABLE IF NOT EXISTS item (id INT PRIMARY KEY)");
            DatabaseContract.execute(database.dataSource(1), "INSERT INTO item VALUES (" + arguments[1] + ")");
            Runtime.getRuntime().halt(1);
        }
    }
}
