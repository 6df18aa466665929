using System.Globalization;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Codexport.Tests.Cli;

namespace Codexport.Tests.Publishing;

/// <summary>The built program publishing to real servers, and a follower that reads from them while the master is off.</summary>
public sealed class PublicationTests
{
    private const string AzuriteKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follower_WithTheMasterOff_SyncsFromAFolder_AndFromNginx()
    {
        await using var fixture = new CommandLineFixture();
        using var store = new Platform.TemporaryFolder();
        await using var nginx = await StoreServer.NginxAsync(store.Path);
        await JoinAndStopAsync(fixture, store.Path);
        AddAddress(fixture, Url(nginx.Port, "/team/"), store.Path);

        await ChangeAsync(fixture, "over nginx", store.Path);
        await AssertSyncsAsync(fixture, "over nginx", Url(nginx.Port, "/team/"));

        // No news: silent, and the head is not even sent again.
        var quick = await fixture.OnFollowerAsync("sync", "--quick");
        Assert.Equal((0, string.Empty, string.Empty), (quick.ExitCode, quick.Output, quick.Error));
        Assert.Contains("GET /team/v1/head HTTP/1.1\" 304", await File.ReadAllTextAsync(Path.Join(nginx.Folder, "access.log"), Stop), StringComparison.Ordinal);

        await nginx.StopAsync();
        await ChangeAsync(fixture, "from the folder", store.Path);
        await AssertSyncsAsync(fixture, "from the folder", store.Path);
    }

    [Fact]
    public async Task RunningMaster_KeepsItsStoresUpToDate_AndARevokedFollowerReadsNoMore()
    {
        await using var fixture = new CommandLineFixture();
        using var store = new Platform.TemporaryFolder();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        var settings = Path.Join(fixture.Master, ".codexport/local.toml");
        await File.AppendAllTextAsync(settings, $"\n[[publish]]\ntarget = '{store.Path}'\n", Stop);
        AddAddress(fixture, store.Path);
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "kept up to date");
        await UntilAsync(async () => (await fixture.OnFollowerAsync("sync", "--apply", "--json")).ExitCode == 0
            && CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md") == "kept up to date"
            && (await fixture.OnFollowerAsync("status", "--json")).Json["source"]?.GetValue<string>() == store.Path);
        var follower = (await fixture.OnMasterAsync("master", "followers", "list", "--json")).Json["followers"]![0]!["id"]!.GetValue<string>();
        Assert.Equal(0, (await fixture.OnMasterAsync("master", "followers", "revoke", follower, "--json")).ExitCode);
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "not for everybody");
        await UntilAsync(async () => (await fixture.OnFollowerAsync("sync", "--apply", "--json")) is { ExitCode: not 0 } run && run.ErrorCode == "PublicationUnreadable");
        Assert.Equal("kept up to date", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
    }

    [Fact]
    public async Task S3Bucket_TakesAPublication_AndGivesItToFollowers()
    {
        await using var s3 = await StoreServer.S3Async("fleet");
        await using var fixture = new CommandLineFixture();
        await JoinAndStopAsync(fixture, null);
        using var credentials = new EnvironmentOf(("AWS_ACCESS_KEY_ID", "S3RVER"), ("AWS_SECRET_ACCESS_KEY", "S3RVER"), ("AWS_EC2_METADATA_DISABLED", "true"));
        string[] options = ["--endpoint", Url(s3.Port, string.Empty), "--path-style"];
        AddAddress(fixture, Url(s3.Port, "/fleet/team"));
        await ChangeAsync(fixture, "from S3", "s3://fleet/team", options);
        await AssertSyncsAsync(fixture, "from S3", Url(s3.Port, "/fleet/team"));
        await ChangeAsync(fixture, "from S3 again", "s3://fleet/team", options);
        await AssertSyncsAsync(fixture, "from S3 again", Url(s3.Port, "/fleet/team"));

        var missing = await fixture.OnMasterAsync(["master", "publish", "s3://nowhere/team", "--json", .. options]);
        Assert.Equal((1, "StoreFailed"), (missing.ExitCode, missing.ErrorCode));
    }

    [Fact]
    public async Task AzureContainer_TakesAPublication_AndTwoMastersDoNotOverwriteEachOther()
    {
        await using var azurite = await StoreServer.AzuriteAsync();
        await using var fixture = new CommandLineFixture();
        await using var other = new CommandLineFixture();
        await JoinAndStopAsync(fixture, null);
        var account = Url(azurite.Port, "/devstoreaccount1");
        var connection = $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={AzuriteKey};BlobEndpoint={account};";
        using var credentials = new EnvironmentOf(("AZURE_STORAGE_CONNECTION_STRING", connection));
        var container = new BlobContainerClient(connection, "fleet");
        await container.CreateAsync(PublicAccessType.Blob, cancellationToken: Stop);
        AddAddress(fixture, account + "/fleet/team");
        await ChangeAsync(fixture, "from Azure", "azure://fleet/team");
        await AssertSyncsAsync(fixture, "from Azure", account + "/fleet/team");

        var init = await other.OnMasterAsync("master", "init", "--json");
        Assert.True(init.ExitCode == 0, init.Output);
        var refused = await other.OnMasterAsync("master", "publish", "azure://fleet/team", "--json");
        Assert.Equal((3, "PublicationConflict"), (refused.ExitCode, refused.ErrorCode));
        await ChangeAsync(fixture, "still mine", "azure://fleet/team");
        await AssertSyncsAsync(fixture, "still mine", account + "/fleet/team");

        // A credential that the service refuses is named as such, and shown nowhere.
        var wrong = Convert.ToBase64String("not the right secret of the account"u8);
        using var wrongCredentials = new EnvironmentOf(("AZURE_STORAGE_CONNECTION_STRING", connection.Replace(AzuriteKey, wrong, StringComparison.Ordinal)));
        var denied = await fixture.OnMasterAsync("master", "publish", "azure://fleet/team", "--json");
        Assert.Equal((1, "StoreFailed"), (denied.ExitCode, denied.ErrorCode));
        Assert.DoesNotContain(wrong, denied.Output + denied.Error, StringComparison.Ordinal);
    }

    private static async Task JoinAndStopAsync(CommandLineFixture fixture, string? store)
    {
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        if (store is not null)
        {
            var run = await fixture.OnMasterAsync("master", "publish", store, "--json");
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
        }

        await fixture.StopServerAsync();
    }

    private static async Task ChangeAsync(CommandLineFixture fixture, string text, string target, params string[] options)
    {
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", text);
        await fixture.RebuildAsync("--accept-deletions");
        var run = await fixture.OnMasterAsync(["master", "publish", target, "--json", .. options]);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private static async Task AssertSyncsAsync(CommandLineFixture fixture, string text, string source)
    {
        var sync = await fixture.OnFollowerAsync("sync", "--apply", "--json");
        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
        Assert.Equal("applied", sync.Json["status"]!.GetValue<string>());
        Assert.Equal(text, CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        Assert.Equal(source, (await fixture.OnFollowerAsync("status", "--json")).Json["source"]!.GetValue<string>());
    }

    // Before the master's own, which 'masterUrl' keeps.
    private static void AddAddress(CommandLineFixture fixture, params string[] addresses)
    {
        var path = Path.Join(fixture.Follower, ".codexport/local.toml");
        var text = string.Join('\n', File.ReadAllLines(path).Where(line => !line.StartsWith("masterUrl", StringComparison.Ordinal)));
        File.WriteAllText(path, $"masterUrls = [{string.Join(", ", addresses.Select(address => $"'{address}'"))}]\n{text}\n");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; !await condition(); attempt++)
        {
            Assert.True(attempt < 240, "What the master should do by itself did not come about.");
            await Task.Delay(250, Stop);
        }
    }

    private static string Url(int port, string path) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}");

    /// <summary>Variables that the programs of a test inherit, put back afterwards.</summary>
    private sealed class EnvironmentOf : IDisposable
    {
        private readonly List<(string Name, string? Value)> _before = [];

        public EnvironmentOf(params ReadOnlySpan<(string Name, string Value)> values)
        {
            foreach (var (name, value) in values)
            {
                _before.Add((name, Environment.GetEnvironmentVariable(name)));
                Environment.SetEnvironmentVariable(name, value);
            }
        }

        public void Dispose() => _before.ForEach(variable => Environment.SetEnvironmentVariable(variable.Name, variable.Value));
    }
}
