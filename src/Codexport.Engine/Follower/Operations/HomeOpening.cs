using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Follower.Operations;

/// <summary>
/// Finds the home that options, environment and settings name. The record of the last contact knows what the settings say of it, which
/// spares the hook's sync a reading of TOML; whoever needs that record next takes it from here, and only once.
/// </summary>
/// <param name="Context">The context of that home.</param>
/// <param name="Contact">The record, where it took that to find the home.</param>
internal sealed record HomeOpening(EngineContext Context, ContactRecord? Contact)
{
    /// <summary>Finds it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeNotFound"/>, or the settings cannot be read; <see cref="ErrorCode.StateUnsafe"/>.</exception>
    public static HomeOpening Of(HomeOptions options, Func<string, string?> environment, IFileSystem files)
    {
        ContactRecord? contact = null;
        var home = HomeResolver.Resolve(options, environment, home =>
        {
            var context = new EngineContext(home, files, TimeProvider.System);
            contact = ContactRecord.Read(context);
            return QuickSettings.ReadCodexFolder(context, contact.Quick);
        });
        StateGuard.Require(files, home);
        return new HomeOpening(new EngineContext(home, files, TimeProvider.System) { Environment = environment }, contact);
    }

    /// <summary>Finds it on this machine.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeNotFound"/>, or the settings cannot be read.</exception>
    public static HomeOpening Of(HomeOptions options) => Of(options, Environment.GetEnvironmentVariable, new PhysicalFileSystem());
}
