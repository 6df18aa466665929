using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Serving;

/// <summary>What a serving master tells Prometheus.</summary>
public sealed partial class MetricsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AreNotServed_UnlessTheSettingsSaySo()
    {
        await using var master = await TestMaster.StartAsync();
        Assert.Equal(0, master.Server.MetricsPort);
        using var answer = await master.Http.GetAsync("/metrics", Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Metrics_CountWhatHappened()
    {
        await using var master = await TestMaster.StartAsync(metrics: new MetricsSettings(IPEndPoint.Parse("127.0.0.1:0"), null));
        var before = await ReadAsync(master);
        Assert.Equal(0, before["codexport_master_followers{state=\"approved\",ring=\"rest\"}"]);
        var id = (string)(await master.JoinAsync())["id"]!;
        using (await master.Http.GetAsync(ProtocolConstants.HeadPath, Stop))
        {
        }

        using var stranger = new HttpClient();
        using (await stranger.GetAsync($"http://127.0.0.1:{master.Port}{ProtocolConstants.HeadPath}", Stop))
        {
        }

        var revision = master.Server is not null ? await master.PublishAsync(("AGENTS.md", "newer")) : default;
        using var bundle = await master.Http.GetAsync($"{ProtocolConstants.BundlePath}{revision}", Stop);
        var sent = (await bundle.Content.ReadAsByteArrayAsync(Stop)).Length;
        await ReportAsync(master, (ProtocolConstants.LastErrorHeader, nameof(ErrorCode.DriftRefused)));
        await new FollowerRegistry(master.Engine).SetStateAsync(id, FollowerState.Revoked, Stop);
        for (var request = 0; request < 3; request++)
        {
            using var refused = await master.Http.GetAsync($"{ProtocolConstants.BundlePath}{revision}", Stop);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        var after = await ReadAsync(master);
        Assert.Equal(1, after["codexport_master_followers{state=\"revoked\",ring=\"rest\"}"]);
        Assert.True(after["codexport_master_head_checks_total{network_protocol_name=\"https\"}"] >= 2);
        Assert.Equal(1, after["codexport_master_head_checks_total{network_protocol_name=\"http\"}"]);
        Assert.Equal(sent, after["codexport_master_sent_bytes_total"]);
        Assert.Equal(1, after["codexport_master_syncs_total{outcome=\"failed\",error_type=\"DriftRefused\"}"]);
        Assert.Equal(3, after["codexport_master_refusals_total{error_type=\"CredentialRefused\"}"]);
        Assert.InRange(after["codexport_master_publication_time_seconds"], DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds());
        Assert.True(after["codexport_master_head_expires_seconds"] > DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("evil.example", null, HttpStatusCode.Unauthorized)]
    [InlineData("127.0.0.1", "http://evil.example", HttpStatusCode.Unauthorized)]
    [InlineData("localhost", null, HttpStatusCode.OK)]
    public async Task Metrics_OnLoopback_AreForWhoeverAsksThisMachineByItsName(string host, string? origin, HttpStatusCode expected)
    {
        await using var master = await TestMaster.StartAsync(metrics: new MetricsSettings(IPEndPoint.Parse("127.0.0.1:0"), null));
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(master));
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var answer = await master.Http.SendAsync(request, Stop);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Metrics_BeyondLoopback_NeedTheToken_AndSpeakTlsWithTheMastersKey()
    {
        const string Token = "0123456789abcdef";
        await using var master = await TestMaster.StartAsync(
            metrics: new MetricsSettings(IPEndPoint.Parse("0.0.0.0:0"), "metrics.token"),
            prepare: engine =>
            {
                var file = Path.Combine(engine.Home.StateFolder, "metrics.token");
                File.WriteAllText(file, Token + "\n");
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }
            });
        using var client = master.MakeClient();
        var address = $"https://127.0.0.1:{master.Server.MetricsPort}/metrics";
        foreach (var (credential, expected) in new[] { (null, HttpStatusCode.Unauthorized), ("Bearer wrong", HttpStatusCode.Unauthorized), ($"Bearer {Token}", HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Authorization", credential);
            using var answer = await client.SendAsync(request, Stop);
            Assert.Equal(expected, answer.StatusCode);
        }

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync($"http://127.0.0.1:{master.Server.MetricsPort}/metrics", Stop));
    }

    [Fact]
    public async Task Metrics_BeyondLoopbackWithoutAToken_AreNotServed_AndFollowersAre()
    {
        await using var master = await TestMaster.StartAsync(metrics: new MetricsSettings(IPEndPoint.Parse("0.0.0.0:0"), null));
        Assert.Equal(0, master.Server.MetricsPort);
        var warning = await master.Events.WaitAsync<ServerWarning>(Stop);
        Assert.Equal(nameof(ErrorCode.SettingsInvalid), warning.Code);
        await master.AssertLivesAsync(Stop);
    }

    private static string Address(TestMaster master) => $"http://127.0.0.1:{master.Server.MetricsPort}/metrics";

    private static async Task ReportAsync(TestMaster master, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.HeadPath);
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var answer = await master.Http.SendAsync(request, Stop);
    }

    // Every line must be one of the format's, so that Prometheus takes it.
    private static async Task<Dictionary<string, double>> ReadAsync(TestMaster master)
    {
        using var answer = await master.Http.GetAsync(Address(master), Stop);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync(Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(Line(), line));
        return lines.Where(line => line[0] != '#').Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.E+-]+)$""")]
    private static partial Regex Line();
}
