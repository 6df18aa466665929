using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Codexport.Engine.Platform.Files;

/// <summary>The access lists of Windows, in the three forms that <see cref="FilePermission"/> needs there.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAccess
{
    private const InheritanceFlags Everything = InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit;

    /// <summary>Gives a file to this user alone; nothing is inherited from its folder.</summary>
    public static void RestrictFile(string path) => Supported(() =>
    {
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(Me(), FileSystemRights.FullControl, AccessControlType.Allow));
        new FileInfo(path).SetAccessControl(security);
    });

    /// <summary>Gives a folder, and what comes into it, to this user alone.</summary>
    public static void RestrictFolder(string path) => Supported(() =>
    {
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(Me(), FileSystemRights.FullControl, Everything, PropagationFlags.None, AccessControlType.Allow));
        new DirectoryInfo(path).SetAccessControl(security);
    });

    /// <summary>Gives a file the access of its folder again.</summary>
    public static void Inherit(string path) => Supported(() =>
    {
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: false, preserveInheritance: false);
        new FileInfo(path).SetAccessControl(security);
    });

    /// <summary>Gives a file the access of another one.</summary>
    public static void Copy(string source, string destination) => Supported(() =>
    {
        var security = new FileSecurity();
        security.SetSecurityDescriptorBinaryForm(
            new FileInfo(source).GetAccessControl(AccessControlSections.Access).GetSecurityDescriptorBinaryForm(), AccessControlSections.Access);
        new FileInfo(destination).SetAccessControl(security);
    });

    /// <summary>
    /// Whether somebody else than this user, the system and its administrators may read or change a file; false on a volume without access
    /// lists.
    /// </summary>
    public static bool IsOpenToOthers(string path)
    {
        const FileSystemRights Access = FileSystemRights.ReadData | FileSystemRights.WriteData | FileSystemRights.AppendData;
        var isOpen = false;
        Supported(() =>
        {
            var me = Me();
            var rules = new FileInfo(path).GetAccessControl(AccessControlSections.Access).GetAccessRules(true, true, typeof(SecurityIdentifier));
            foreach (FileSystemAccessRule rule in rules)
            {
                var who = (SecurityIdentifier)rule.IdentityReference;
                isOpen |= rule.AccessControlType == AccessControlType.Allow && (rule.FileSystemRights & Access) != 0 && who != me
                    && !who.IsWellKnown(WellKnownSidType.LocalSystemSid) && !who.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid)
                    && !who.IsWellKnown(WellKnownSidType.CreatorOwnerSid) && !who.IsWellKnown(WellKnownSidType.WinCreatorOwnerRightsSid);
            }
        });
        return isOpen;
    }

    private static SecurityIdentifier Me()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return identity.User!;
    }

    private static void Supported(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            // A volume without access lists, such as a stick, has nothing to restrict.
        }
    }
}
