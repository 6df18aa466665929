param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestHookHome (Join-Path $TestDrive 'hook user')
    $codex = Join-Path $user '.codex'
}

Describe 'Install-CodexportHook' {
    It 'changes nothing with -WhatIf, and writes nothing with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Install-CodexportHook -HomePath $user -PassThru -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'puts it in front, trusted, and once' {
        $result = Install-CodexportHook -HomePath $user -PassThru -WarningAction Ignore
        $result.Changed | Should -BeTrue
        (Install-CodexportHook -HomePath $user -PassThru -WarningAction Ignore).Changed | Should -BeFalse
        $hooks = (Get-Content -Raw "$codex/hooks.json" | ConvertFrom-Json).hooks.SessionStart
        $hooks.Count | Should -Be 2
        $hooks[0].hooks[0].command | Should -Match 'Sync-CodexportFollower -Quick'
        $hooks[0].matcher | Should -Be 'startup|resume|clear|fork'
        $status = Get-CodexportHook -HomePath $user
        $status.Installed -and $status.First -and $status.Trusted -and $status.Enabled | Should -BeTrue
    }

    It 'is silent' {
        Install-CodexportHook -HomePath $user -WarningAction Ignore | Should -BeNullOrEmpty
    }

    It 'makes a command that runs as it is written, and is silent where no master is followed' {
        $command = (Get-CodexportHook -HomePath $user).Command
        $command | Should -BeLike "*$user*"
        $saved = $env:PSModulePath
        try {
            $env:PSModulePath = Split-Path $ModulePath
            $output = if ($IsWindows) { cmd /c $command } else { sh -c $command }
            $LASTEXITCODE | Should -Be 0
            $output | Should -BeNullOrEmpty
        } finally {
            $env:PSModulePath = $saved
        }
    }

    It 'makes a command that does nothing where the module is gone' {
        $command = (Get-CodexportHook -HomePath $user).Command
        $saved = $env:PSModulePath
        try {
            $env:PSModulePath = Join-Path $TestDrive 'no modules'
            $output = if ($IsWindows) { cmd /c $command 2>&1 } else { sh -c $command 2>&1 }
            $LASTEXITCODE | Should -Be 0
            $output | Should -BeNullOrEmpty
        } finally {
            $env:PSModulePath = $saved
        }
    }

    It 'takes the place of the form that looked for the cmdlet in all modules' {
        $older = New-TestHome (Join-Path $TestDrive 'older')
        Set-Content "$older/.codex/hooks.json" '{"hooks":{"SessionStart":[{"matcher":"startup|resume|clear","hooks":[{"type":"command","command":"pwsh -NoProfile -NonInteractive -Command Sync-CodexportFollower -Quick"}]}]}}'
        (Get-CodexportHook -HomePath $older).Installed | Should -BeTrue
        Install-CodexportHook -HomePath $older -WarningAction Ignore
        $hooks = @((Get-Content -Raw "$older/.codex/hooks.json" | ConvertFrom-Json).hooks.SessionStart)
        $hooks.Count | Should -Be 1
        $hooks[0].hooks[0].command | Should -BeLike '*Import-Module Codexport*'
        (Get-CodexportHook -HomePath $older).Trusted | Should -BeTrue
    }

    It 'leaves the trust to the person with -NoTrust, and says so' {
        $careful = New-TestHome (Join-Path $TestDrive 'careful')
        $result = Install-CodexportHook -NoTrust -TimeoutSeconds 42 -HomePath $careful -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Trusted | Should -BeFalse
        $warnings.Message | Should -BeLike '*/hooks*'
        (Get-CodexportHook -HomePath $careful).Timeout | Should -Be 42
    }

    It 'names a program that can be started with -Runner Native, or says that there is none' {
        $native = New-TestHome (Join-Path $TestDrive 'native')
        $saved = $env:PATH
        try {
            # A gallery's package keeps no execute bit; the module gives it to its own copy.
            $env:PATH = '/nonexistent'
            Install-CodexportHook -Runner Native -HomePath $native -WarningAction Ignore
            (Get-CodexportHook -HomePath $native).RunnerFound | Should -BeTrue
            $portable = New-PortableModule (Join-Path $TestDrive 'portable')
            $none = New-TestHome (Join-Path $TestDrive 'no program')
            & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$portable/Codexport'; try { Install-CodexportHook -Runner Native -HomePath '$none' } catch { `$_.FullyQualifiedErrorId }" |
                Should -BeLike 'InvalidUsage,*'
        } finally {
            $env:PATH = $saved
        }
    }

    It 'writes what the program prints' {
        Assert-SameField (Install-CodexportHook -HomePath $user -PassThru -WarningAction Ignore) (Get-ProgramJson $ProgramPath $user 'hook', 'install')
    }

    It 'has a table and a list' {
        Assert-View (Install-CodexportHook -HomePath $user -PassThru -WarningAction Ignore) 'Codexport.Engine.Results.HookChangeResult'
    }

    It 'refuses hooks that cannot be read, and leaves them' {
        $broken = New-TestHome (Join-Path $TestDrive 'broken')
        Set-Content $broken/.codex/hooks.json '{"hooks":'
        $record = Get-ErrorOf { Install-CodexportHook -HomePath $broken }
        Assert-Error $record 'Install-CodexportHook' 'JsonInvalid' 'InvalidData' $record.TargetObject
        Get-Content $broken/.codex/hooks.json | Should -Be '{"hooks":'
    }

    It 'refuses a timeout that Codex does not take, and a runner that there is not' {
        (Get-ErrorOf { Install-CodexportHook -TimeoutSeconds 0 -HomePath $user }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
        (Get-ErrorOf { Install-CodexportHook -Runner Magic -HomePath $user }).FullyQualifiedErrorId | Should -BeLike 'CannotConvertArgumentNoMessage,*'
    }
}
