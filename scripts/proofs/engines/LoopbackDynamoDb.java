import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * DynamoDB Local in memory, on a free port of the loopback interface: by itself it listens on all
 * interfaces, on a port that has to be known to be free.
 *
 * <p>Announces its port, and ends with its standard input: so it outlives nobody.
 */
class LoopbackDynamoDb {
  public static void main(String[] arguments) throws Exception {
    var proxy =
        ServerRunner.createServerFromCommandLineArgs(
            new String[] {"-inMemory", "-sharedDb", "-disableTelemetry"});
    var field = proxy.getClass().getDeclaredField("server");
    field.setAccessible(true);
    var connector = (ServerConnector) ((Server) field.get(proxy)).getConnectors()[0];
    connector.setHost("127.0.0.1");
    connector.setPort(0);
    proxy.start();
    System.out.println("listening on " + connector.getLocalPort());
    while (System.in.read() >= 0) {
      // Whatever is said, only the end of it counts.
    }
    System.exit(0);
  }
}
