using Codexport.Engine.Errors;

namespace Codexport.Tests.State;

/// <summary>
/// Follows what an error advises until the command works: an error whose advice names nothing that is known here, or that leads nowhere, fails
/// the test.
/// </summary>
internal sealed class WayOut(string path, IReadOnlyList<(string Advice, Func<Task> Follow)> advices)
{
    private const int Steps = 4;

    /// <summary>The advice that was followed, for the message of a failure.</summary>
    public List<string> Followed { get; } = [];

    /// <summary>Runs a command, and what its errors advise, until it works.</summary>
    public async Task RunAsync(string command, Func<Task> run)
    {
        for (var step = 0; ; step++)
        {
            try
            {
                await run();
                return;
            }
            catch (CodexportException error)
            {
                Check(command, error, isFirst: step == 0);
                Assert.True(step < Steps, $"{command}: the advice leads nowhere: {string.Join(" | ", Followed)}. {error.Message} {error.Remedy}");
                await FollowAsync(command, error);
            }
        }
    }

    private void Check(string command, CodexportException error, bool isFirst)
    {
        Assert.True(error.Code != ErrorCode.InternalError, $"{command}: {error}");
        Assert.False(string.IsNullOrWhiteSpace(error.Remedy), $"{command}: {error.Message}");
        var text = error.Message + " " + error.Remedy;
        Assert.False(text.Contains("   at ", StringComparison.Ordinal), text);
        Assert.False(text.Contains("network between", StringComparison.Ordinal), $"{command} blames the network: {text}");
        if (isFirst)
        {
            Assert.True(text.Contains(Path.GetFileName(path), StringComparison.Ordinal) || text.Contains(Path.GetDirectoryName(path)!, StringComparison.Ordinal),
                $"{command} does not name '{path}': {error.Code}: {text}");
        }
    }

    private async Task FollowAsync(string command, CodexportException error)
    {
        foreach (var (advice, follow) in advices)
        {
            if (error.Remedy.Contains(advice, StringComparison.OrdinalIgnoreCase))
            {
                Followed.Add(advice);
                await follow();
                return;
            }
        }

        Assert.Fail($"{command}: the advice names nothing to do: {error.Code}: {error.Message} {error.Remedy}");
    }
}
