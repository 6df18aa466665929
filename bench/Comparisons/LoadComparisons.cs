using System.Diagnostics;
using System.Net.Http.Headers;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>The server under load beside nginx that serves the same bytes, in one run.</summary>
internal static class LoadComparisons
{
    private const int Files = 8;
    private const int Clients = 16;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var (nginx, wrk, curl) = (Workbench.Require("nginx"), Workbench.Require("wrk"), Workbench.Require("curl"));
        var master = ServerComparisons.BigHome(bench, Files);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (_, port) = await bench.StartMasterAsync(master, cancellationToken, "--no-watch");
        var credential = await ServerComparisons.RegisterAsync(await bench.JoinLinkAsync(master, port, cancellationToken), port, cancellationToken);
        using var http = new HttpClient();
        var head = await http.GetByteArrayAsync(ServerComparisons.Url("http", port, "/v1/head"), cancellationToken);
        var bundle = ServerComparisons.Url("https", port, "/v1/bundle/" + ServerComparisons.RevisionOf(head));
        var www = bench.NewFolder("www");
        await Workbench.RunAsync(
            curl, ["-sk", "--fail", "-H", "Authorization: Bearer " + credential, "-H", "Accept-Encoding: identity", "-o", Path.Combine(www, "bundle"), bundle], cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(www, "head"), head, cancellationToken);
        var (plain, tls) = await ServerComparisons.StartNginxAsync(bench, nginx, www, cancellationToken);

        List<Outcome> outcomes = [];
        await AddHeadsAsync("heads a second, keep-alive, 64 connections / nginx", ["-c64"], "http", plain, 0.5);
        await AddHeadsAsync("heads a second, a connection each / nginx", ["-c32", "-H", "Connection: close"], "http", plain, 0.5);
        await AddHeadsAsync("heads a second over TLS, 64 connections / nginx", ["-c64"], "https", tls, 0.5);

        List<double> ours = [];
        List<double> theirs = [];
        for (var round = 0; round < 3; round++)
        {
            ours.Add(await FetchAllAsync(bundle, credential, cancellationToken));
            theirs.Add(await FetchAllAsync(ServerComparisons.Url("https", tls, "/bundle"), credential, cancellationToken));
        }

        var (own, peer) = (Workbench.Median(ours), Workbench.Median(theirs));
        outcomes.Add(new($"bundle over TLS, {Clients} clients, throughput / nginx", $"{own:0} MB/s", $"{peer:0} MB/s", own / peer, 0.6, AtLeast: true));
        return outcomes;

        async Task AddHeadsAsync(string figure, string[] form, string scheme, int nginxPort, double limit)
        {
            var (mine, other) = await ServerComparisons.WrkByTurnsAsync(
                wrk, form, ServerComparisons.Url(scheme, port, "/v1/head"), ServerComparisons.Url(scheme, nginxPort, "/head"), cancellationToken);
            outcomes.Add(new(figure, $"{mine:0}/s", $"{other:0}/s", mine / other, limit, AtLeast: true));
        }
    }

    private static async Task<double> FetchAllAsync(string url, string credential, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var sizes = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(
            async () =>
            {
                using var client = ServerComparisons.NewPinlessClient();
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
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
            },
            cancellationToken)));
        return sizes.Sum() / 1e6 / watch.Elapsed.TotalSeconds;
    }
}
