using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Tests.Master;

namespace Codexport.Tests.State;

/// <summary>A master that has lost its key: nothing takes a new one for the old one in silence.</summary>
public sealed class KeyLossTests : IDisposable
{
    private readonly MasterHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Master_WhoseKeyIsGone_SaysSo_AndInitWarnsThatANewOneWasMade()
    {
        _home.Write("AGENTS.md", "one");
        var operations = new MasterOperations(_home.Context);
        var first = await operations.InitializeAsync(null, Token);
        Assert.DoesNotContain(first.Warnings, warning => warning.Contains("key", StringComparison.Ordinal));
        File.Delete(Path.Join(_home.Context.Home.MasterFolder, "key.pem"));

        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.RebuildAsync());
        Assert.Equal(ErrorCode.IdentityInvalid, error.Code);
        Assert.Contains("codexport master identity import", error.Remedy, StringComparison.Ordinal);

        var second = await operations.InitializeAsync(null, Token);
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.Contains(second.Warnings, warning => warning.Contains("every follower must join again", StringComparison.Ordinal));
        Assert.DoesNotContain((await operations.InitializeAsync(null, Token)).Warnings, warning => warning.Contains("join again", StringComparison.Ordinal));
    }
}
