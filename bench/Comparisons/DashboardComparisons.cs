using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>How long the dashboard takes to answer with a large fleet. What the browser adds, LargeFleetTests prints as its first paint.</summary>
internal static class DashboardComparisons
{
    private const int Followers = 2000;
    private const double Second = 1000;

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var master = bench.NewCodexHome("master", skills: 100);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var context = new EngineContext(new CodexportHome(master, Path.Combine(master, ".codex")), new PhysicalFileSystem(), TimeProvider.System);
        new FollowerBookFile(context).Write([.. Enumerable.Range(0, Followers).Select(Record)]);
        await bench.StartMasterAsync(master, cancellationToken);
        using var json = JsonDocument.Parse((await bench.CodexportAsync(master, cancellationToken, "master", "dashboard", "--json")).Output);
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false });
        var address = new Uri(json.RootElement.GetProperty("address").GetString()!);
        using var entered = await http.GetAsync(address, cancellationToken);
        var page = new Uri(address, entered.Headers.GetValues("Refresh").Single().Split("url=")[1]);
        var whole = await MedianAsync(http, page, cancellationToken);
        var searched = await MedianAsync(http, new Uri(page, "?q=laptop&sort=name"), cancellationToken);
        return
        [
            new(Name("page of the fleet"), Milliseconds(whole), Milliseconds(Second), whole / Second, 1),
            new(Name("search in the fleet"), Milliseconds(searched), Milliseconds(Second), searched / Second, 1),
        ];
    }

    private static async Task<double> MedianAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var round = 0; round < 11; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var page = await http.GetStringAsync(address, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (!page.Contains("2,000 followers", StringComparison.Ordinal))
            {
                throw new InvalidOperationException("The page shows another fleet.");
            }
        }

        return Workbench.Median(times);
    }

    private static FollowerRecord Record(int number) => new()
    {
        Id = number.ToString("x12", CultureInfo.InvariantCulture),
        Name = (number % 2 == 0 ? "laptop-" : "server-") + number.ToString("0000", CultureInfo.InvariantCulture),
        State = FollowerState.Approved,
        CredentialHash = number.ToString("x64", CultureInfo.InvariantCulture),
        Address = "100.64.0.1",
        Platform = "linux",
        Version = "0.1.0",
        AppliedRevision = number.ToString("x64", CultureInfo.InvariantCulture),
        JoinedAt = DateTimeOffset.UtcNow.AddDays(-30),
        LastSeen = DateTimeOffset.UtcNow.AddMinutes(-number),
    };

    private static string Name(string what) => string.Create(CultureInfo.InvariantCulture, $"dashboard, {what} with {Followers:N0} followers / 1 s");

    private static string Milliseconds(double time) => string.Create(CultureInfo.InvariantCulture, $"{time:0} ms");
}
