using System.Net.Http.Headers;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>Peak memory of a master while 64 followers fetch 500 MB each, and of a follower that applies it.</summary>
internal static class MemoryComparisons
{
    private const int Clients = 64;
    private const int Files = 62;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NotHereException("peak memory is read from /proc");
        }

        var master = ServerComparisons.BigHome(bench, Files);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (server, port) = await bench.StartMasterAsync(master, cancellationToken, "--no-watch");
        var link = await bench.JoinLinkAsync(master, port, cancellationToken);
        var join = await bench.CodexportAsync(bench.NewFolder("follower"), cancellationToken, "follower", "join", link, "--apply");

        var credential = await ServerComparisons.RegisterAsync(link, port, cancellationToken);
        using var http = new HttpClient();
        var revision = ServerComparisons.RevisionOf(await http.GetByteArrayAsync(ServerComparisons.Url("http", port, "/v1/head"), cancellationToken));
        var fetches = Enumerable.Range(0, Clients).Select(_ => FetchAsync(port, revision, credential, cancellationToken));
        var bytes = (await Task.WhenAll(fetches)).Min();
        if (bytes < Files * 8L << 20)
        {
            throw new InvalidOperationException($"A fetch ended after {bytes} bytes.");
        }

        var serverMemory = Workbench.PeakMemoryOf(server.Id) / 1e6;
        var followerMemory = join.PeakMemory / 1e6;
        return
        [
            new($"master's peak memory, {Clients} fetches of {Files * 8} MiB, MB", $"{serverMemory:0} MB", "-", serverMemory, 120),
            new($"follower's peak memory applying {Files * 8} MiB, MB", $"{followerMemory:0} MB", "-", followerMemory, 120),
        ];
    }

    private static async Task<long> FetchAsync(int port, string revision, string credential, CancellationToken cancellationToken)
    {
        using var client = ServerComparisons.NewPinlessClient();
        client.Timeout = TimeSpan.FromMinutes(15);
        using var request = new HttpRequestMessage(HttpMethod.Get, ServerComparisons.Url("https", port, "/v1/bundle/" + revision));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        request.Headers.Add("Codexport-Protocol", "1");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 << 10];
        long total = 0;
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }
}
