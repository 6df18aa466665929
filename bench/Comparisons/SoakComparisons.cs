using System.Net;
using System.Net.Http.Headers;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>What a server holds after 100,000 requests of all kinds, and what it costs to leave it running.</summary>
internal static class SoakComparisons
{
    private const int Requests = 100_000;
    private const int WarmUp = 20_000;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        RequireProc();
        var master = bench.NewCodexHome("master", 200);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (server, port) = await bench.StartMasterAsync(master, cancellationToken);
        var credential = await ServerComparisons.RegisterAsync(await bench.JoinLinkAsync(master, port, cancellationToken), port, cancellationToken);
        using var plain = new HttpClient();
        var revision = ServerComparisons.RevisionOf(await plain.GetByteArrayAsync(ServerComparisons.Url("http", port, "/v1/head"), cancellationToken));
        using var client = ServerComparisons.NewPinlessClient();
        var mixture = new Mixture(client, plain, port, revision, credential);

        await mixture.SendAsync(WarmUp, cancellationToken);
        var (memory, handles) = (Workbench.MemoryOf(server.Id), Workbench.HandlesOf(server.Id));
        await mixture.SendAsync(Requests, cancellationToken);
        var (memoryAfter, handlesAfter) = (Workbench.MemoryOf(server.Id), Workbench.HandlesOf(server.Id));
        var grown = (memoryAfter - memory) / 1e6;
        return
        [
            new($"memory grown over {Requests} mixed requests, MB", $"{memoryAfter / 1e6:0} MB", $"{memory / 1e6:0} MB", grown, 20),
            new($"handles grown over {Requests} mixed requests", $"{handlesAfter}", $"{handles}", handlesAfter - handles, 10),
        ];
    }

    /// <summary>The share of a processor that an idle, watching server takes.</summary>
    public static async Task<IReadOnlyList<Outcome>> RunIdleAsync(Workbench bench, CancellationToken cancellationToken)
    {
        RequireProc();
        var master = bench.NewCodexHome("master", 500);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (server, _) = await bench.StartMasterAsync(master, cancellationToken);

        // The runtime compiles for a while what a start ran, and what the looks of the first two minutes ran.
        await Task.Delay(TimeSpan.FromSeconds(135), cancellationToken);
        var before = server.TotalProcessorTime;
        var span = TimeSpan.FromSeconds(60);
        await Task.Delay(span, cancellationToken);
        server.Refresh();
        var share = (server.TotalProcessorTime - before) / span * 100;
        return [new("processor taken by an idle 'master serve', %", $"{share:0.00} %", "-", share, 0.3)];
    }

    private static void RequireProc()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NotHereException("what a process holds is read from /proc");
        }
    }

    private sealed class Mixture(HttpClient client, HttpClient plain, int port, string revision, string credential)
    {
        public Task SendAsync(int count, CancellationToken cancellationToken)
            => Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (index, token) => await OneAsync(index, token));

        private async Task OneAsync(int index, CancellationToken cancellationToken)
        {
            var unknown = index.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
            await ((index % 100) switch
            {
                < 40 => ExpectAsync(plain, HttpMethod.Get, "http", "/v1/head", null, cancellationToken, HttpStatusCode.OK),
                < 75 => ExpectAsync(client, HttpMethod.Get, "https", "/v1/head", credential, cancellationToken, HttpStatusCode.OK),
                < 80 => ExpectAsync(client, HttpMethod.Get, "https", "/v1/revisions/" + revision, credential, cancellationToken, HttpStatusCode.OK),
                < 82 => ExpectAsync(client, HttpMethod.Get, "https", "/v1/bundle/" + revision, credential, cancellationToken, HttpStatusCode.OK),
                < 86 => ExpectAsync(client, HttpMethod.Get, "https", "/v1/bundle/" + unknown, credential, cancellationToken, HttpStatusCode.NotFound),
                < 90 => ExpectAsync(client, HttpMethod.Get, "https", $"/v1/revisions/{revision}?base={unknown}", credential, cancellationToken, HttpStatusCode.OK),
                < 93 => ExpectAsync(client, HttpMethod.Get, "https", "/nowhere/" + unknown, credential, cancellationToken, HttpStatusCode.NotFound),
                < 97 => ExpectAsync(client, HttpMethod.Get, "https", "/v1/objects/" + unknown, "wrong" + unknown, cancellationToken, HttpStatusCode.Unauthorized),
                _ => ExpectAsync(client, HttpMethod.Post, "https", "/v1/followers", null, cancellationToken, HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests),
            });
        }

        private async Task ExpectAsync(
            HttpClient who, HttpMethod method, string scheme, string path, string? bearer, CancellationToken cancellationToken, params HttpStatusCode[] expected)
        {
            using var request = new HttpRequestMessage(method, ServerComparisons.Url(scheme, port, path));
            request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
            if (method == HttpMethod.Post)
            {
                request.Content = new StringContent("""{"invite":"0123456789abcdef0123456789abcdef","name":"soak"}""");
            }

            using var response = await who.SendAsync(request, cancellationToken);
            if (!expected.Contains(response.StatusCode))
            {
                throw new InvalidOperationException($"{method} {path} was answered with {response.StatusCode}.");
            }
        }
    }
}
