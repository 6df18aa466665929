using Microsoft.Playwright;

namespace Codexport.Tests.Browser;

/// <summary>One browser for all tests: the Chromium of this machine, by CODEXPORT_TEST_CHROMIUM or where Debian puts it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Program { get; } =
        new[] { Environment.GetEnvironmentVariable("CODEXPORT_TEST_CHROMIUM"), "/usr/bin/chromium" }.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox"] });
    }

    /// <summary>A window with cookies of its own; skips the test where there is no browser.</summary>
    public async Task<IBrowserContext> NewWindowAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(_browser is null, "There is no /usr/bin/chromium and CODEXPORT_TEST_CHROMIUM names none ('apt-get install chromium').");
        var window = await _browser!.NewContextAsync(options);
        window.SetDefaultTimeout((float)TimeSpan.FromMinutes(2).TotalMilliseconds);
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
    }
}
